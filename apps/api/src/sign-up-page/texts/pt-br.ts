import type { Texts } from './texts.ts';

export const ptBR: Texts = {
  language: 'Português',
  form: {
    heading: 'Cadastre-se',
    message: 'Criamos a sua conta e enviamos um e-mail de boas-vindas.',
    name: 'Nome',
    email: 'Endereço de e-mail',
    submit: 'Cadastrar',
  },
  faults: {
    name: {
      empty: 'Informe o seu nome.',
      tooLong: 'Informe um nome de até 200 caracteres.',
      invalid: 'Informe o seu nome sem caracteres de controle nem invisíveis.',
    },
    email: {
      empty: 'Informe o seu endereço de e-mail.',
      tooLong: 'Informe um endereço de e-mail de até 254 caracteres.',
      invalid: 'Informe um só endereço de e-mail, como ada@example.com, sem acentos antes do @.',
      taken: 'Este endereço não pode ser cadastrado. Se ele é seu, talvez você já tenha se cadastrado.',
      tooMany: 'Houve cadastros demais para esta caixa de correio. Tente de novo mais tarde.',
    },
  },
  stages: {
    queued: { heading: 'Quase lá', message: 'Recebemos o seu cadastro e estamos criando a sua conta.' },
    welcoming: {
      heading: 'A sua conta está pronta',
      message: 'O e-mail de boas-vindas está a caminho. Não é preciso esperar por ele aqui.',
    },
    welcomed: {
      heading: 'Boas-vindas!',
      message: 'A sua conta está pronta, e o e-mail de boas-vindas foi enviado.',
    },
    'not-welcomed': {
      heading: 'A sua conta está pronta',
      message: 'Só o e-mail de boas-vindas não pôde ser entregue. Não é preciso se cadastrar de novo.',
    },
    'perhaps-welcomed': {
      heading: 'A sua conta está pronta',
      message:
        'Talvez o e-mail de boas-vindas tenha chegado: não foi possível saber. Não é preciso se cadastrar de novo.',
    },
    failed: {
      heading: 'Algo deu errado',
      message:
        'Não foi possível criar a sua conta. Podemos tentar de novo: não é preciso se cadastrar outra vez.',
    },
    removed: { heading: 'Este cadastro foi cancelado', message: 'Nenhuma conta foi criada.' },
    'email-taken': {
      heading: 'Este endereço não pode ser cadastrado',
      message: 'Nenhuma conta foi criada. Se o endereço é seu, talvez você já tenha se cadastrado.',
    },
    'too-many-sign-ups': {
      heading: 'Cadastros demais',
      message:
        'Nenhuma conta foi criada: houve cadastros demais para esta caixa de correio. Tente de novo mais tarde.',
    },
  },
  steps: [
    { name: 'O seu cadastro', states: { done: 'Recebido' } },
    { name: 'A sua conta', states: { current: 'Em criação', done: 'Criada', failed: 'Não criada' } },
    {
      name: 'E-mail de boas-vindas',
      states: {
        todo: 'Ainda não',
        current: 'A caminho',
        done: 'Enviado',
        failed: 'Não entregue',
        unknown: 'Talvez entregue',
      },
    },
  ],
  refreshes: 'Esta página se atualiza a cada 3 segundos.',
  again: 'Cadastrar outro endereço',
  problems: {
    'too-many-requests': {
      heading: 'Cadastros demais',
      message: 'Houve cadastros demais da sua rede. Espere um momento e tente de novo.',
    },
    unavailable: {
      heading: 'Não é possível no momento',
      message: 'Não conseguimos acessar os nossos registros agora. Tente de novo em um momento.',
    },
    'not-found': { heading: 'Não encontrado', message: 'Este cadastro não existe ou foi excluído.' },
    forbidden: {
      heading: 'Não deu certo',
      message: 'O formulário foi enviado da página de outro site. Preencha-o aqui.',
    },
    other: { heading: 'Não deu certo', message: 'Não conseguimos ler o que foi enviado. Tente de novo.' },
  },
};
